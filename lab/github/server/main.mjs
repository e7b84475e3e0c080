/** A GitHub on 127.0.0.1: `node main.mjs --modules FOLDER --data FOLDER --port NUMBER`. */
import { createServer } from "node:http";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Description } from "./description.mjs";
import { Refusal, errorBody } from "./errors.mjs";
import { Faults } from "./faults.mjs";
import { Gateway } from "./gateway.mjs";
import { open, restore } from "./host.mjs";
import { Identities } from "./identity.mjs";
import { Journal } from "./journal.mjs";
import { Lab } from "./lab.mjs";
import { load } from "./modules.mjs";
import { Calls, router } from "./router.mjs";
import { STORAGE, stored } from "./routes/artifacts.mjs";
import { addRoutes } from "./routes/index.mjs";
import { BOT, ownerToken, seed } from "./seed.mjs";
import { State } from "./state.mjs";
import { World } from "./world.mjs";

const HOST = "127.0.0.1";
const LARGEST = 64 * 1024 * 1024;

async function start({ modules, data, port }) {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const base = `http://${HOST}:${port}`;
  const { state, ...parts } = await remember(await load(modules), base, data);
  const server = createServer(listener(new Gateway(parts), new Lab(parts), base));
  await new Promise((resolve, reject) => server.once("error", reject).listen(Number(port), HOST, resolve));
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      state.flush();
      process.exit(0);
    });
  }
  console.log(`GitHub stand-in on ${base}, data in ${data}`);
}

/** All parts, with what was remembered in the folder `data` or else as new. */
async function remember(packages, base, data) {
  const calls = new Calls();
  let world;
  const { app, store, tokens } = await open(packages, base, (theirs, shared) => {
    world = new World({ ...packages, store: shared, base, app: theirs });
    addRoutes(router(theirs, calls), world);
  });
  const identities = new Identities(world, tokens);
  const begin = () => {
    store.reset();
    tokens.clear();
    seed(world, data);
    identities.issue(BOT, ownerToken(data));
  };
  const state = new State(join(data, "state.json"), () => store.snapshot());
  const saved = state.read();
  if (saved) restore(store, saved);
  else begin();
  state.flush();
  const journal = new Journal(() => world.table("violations", []));
  const description = new Description(packages.Ajv, packages.description);
  return {
    world,
    app,
    calls,
    identities,
    description,
    journal,
    begin,
    state,
    faults: new Faults(),
    changed: () => state.changed(),
  };
}

function listener(gateway, lab, base) {
  return async (request, response) => {
    const { status, headers, body } = await respond(gateway, lab, request, new URL(request.url, base));
    response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
  };
}

async function respond(gateway, lab, request, url) {
  try {
    const asked = { method: request.method, url, headers: request.headers, text: await bodyOf(request) };
    if (url.pathname.startsWith(STORAGE)) return archive(lab.world, url.pathname);
    return url.pathname.startsWith("/_lab/") ? labAnswer(lab, asked) : await gateway.handle(asked);
  } catch (error) {
    console.error(error);
    return json(500, errorBody(500, `The stand-in failed: ${error.message}`));
  }
}

function archive(world, path) {
  const body = stored(world, path);
  return body ? { status: 200, headers: { "content-type": "application/zip" }, body } : json(404, errorBody(404, "Not Found"));
}

function labAnswer(lab, { method, url, headers, text }) {
  try {
    const asked = {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: headers.authorization,
    };
    const { status, body } = lab.handle({ ...asked, body: text ? JSON.parse(text) : undefined });
    return json(status, body);
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, errorBody(error.status, error.message));
    return json(422, { message: error.message });
  }
}

const json = (status, body) => ({
  status,
  headers: { "content-type": "application/json" },
  body: body === undefined ? undefined : JSON.stringify(body),
});

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST) throw new Error(`a request's body may have ${LARGEST} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

try {
  await start(parseArgs({ options: { modules: { type: "string" }, data: { type: "string" }, port: { type: "string" } } }).values);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
