/** The rule for names of Actions secrets and variables. */
import { invalidSimply } from "./errors.mjs";

/** The name as GitHub keeps it: in capitals. */
export function actionsName(name, what) {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw invalidSimply(`${what} name ${name} may have letters, digits and underscores only, and no digit first`);
  }
  if (/^GITHUB_/i.test(name)) throw invalidSimply(`${what} names must not start with GITHUB_`);
  return name.toUpperCase();
}
