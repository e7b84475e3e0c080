// Six times a usual day within two seconds, and over again after ten. 24 seconds, about 4,200 requests.

import { arriving, setup, visit } from "./lib.js";

export const options = arriving(
  50,
  [
    [5, 50],
    [2, 300],
    [10, 300],
    [2, 50],
    [5, 50],
  ],
  { failed: 0.02, p95: 2000 },
);

export { setup };
export default visit;
