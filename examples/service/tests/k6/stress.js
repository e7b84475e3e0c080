// More and more, up to four times a usual day, and back. 40 seconds, about 5,300 requests.

import { arriving, setup, visit } from "./lib.js";

export const options = arriving(
  50,
  [
    [10, 100],
    [10, 200],
    [10, 200],
    [10, 0],
  ],
  { failed: 0.01, p95: 1000 },
);

export { setup };
export default visit;
