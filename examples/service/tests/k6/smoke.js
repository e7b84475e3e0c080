// Does everything answer at all? 10 tours of one visitor: 50 requests, 30 seconds at most.

import { thresholds, tour } from "./lib.js";

export const options = {
  scenarios: { visitor: { executor: "per-vu-iterations", vus: 1, iterations: 10, maxDuration: "30s" } },
  thresholds: thresholds({ failed: 0, p95: 500 }),
};

export default tour;
