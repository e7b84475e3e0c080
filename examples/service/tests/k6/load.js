// A usual day: 50 requests a second. 30 seconds, about 1,400 requests.

import { arriving, setup, visit } from "./lib.js";

export const options = arriving(
  0,
  [
    [5, 50],
    [25, 50],
  ],
  { failed: 0.001, p95: 250 },
);

export { setup };
export default visit;
