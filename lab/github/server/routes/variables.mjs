/** Actions variables of a repository and of an environment. */
import { Refusal } from "../errors.mjs";
import { actionsName } from "../names.mjs";
import { created, none, ok, page } from "../router.mjs";
import { Scoped } from "../scoped.mjs";

const ROOTS = ["/repos/:owner/:repo/actions/variables", "/repos/:owner/:repo/environments/:environment/variables"];
const PER_PAGE = 10;
const MOST_PER_PAGE = 30;

export function variableRoutes(route, world) {
  const variables = new Scoped(world, "variables");
  const wrap = (items, total_count) => ({ total_count, variables: items.map(shape) });
  for (const root of ROOTS) {
    route("GET", root, (call) => page(call, variables.all(call), world.api, wrap, PER_PAGE, MOST_PER_PAGE));
    route("POST", root, (call) => {
      variables.add(call, { name: freeName(variables, call), value: call.body.value });
      return created();
    });
    route("GET", `${root}/:name`, (call) => ok(shape(variables.known(call))));
    route("PATCH", `${root}/:name`, (call) => {
      const row = variables.known(call);
      const name = call.body.name ? freeName(variables, call, row) : row.name;
      variables.change(row, { name, value: call.body.value ?? row.value });
      return none();
    });
    route("DELETE", `${root}/:name`, (call) => {
      variables.remove(variables.known(call));
      return none();
    });
  }
}

/** The name that was asked for, unless another than `self` has it. */
function freeName(variables, call, self) {
  const name = actionsName(call.body.name, "Variable");
  const other = variables.named(call, name);
  if (other && other.id !== self?.id) throw new Refusal(409, "Already exists - Variable already exists");
  return name;
}

const shape = ({ name, value, created_at, updated_at }) => ({ name, value, created_at, updated_at });
