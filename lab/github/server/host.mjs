/** emulate's GitHub, taken out of its own server: its router, store and tokens, with our routes before its own. */
const STARTS_WITH = ["github.", "lab."];

/**
 * @param {object} packages see modules.mjs
 * @param {string} base what its URLs begin with
 * @param {(app: object, store: object) => void} addRoutes registers routes that come before emulate's
 */
export async function open({ createEmulator, plugin }, base, addRoutes) {
  const { githubPlugin } = plugin;
  const { register } = githubPlugin;
  const host = {};
  githubPlugin.seed = () => {};
  githubPlugin.register = (app, store, webhooks, ...rest) => {
    webhooks.dispatch = async () => {};
    addRoutes(app, store);
    Object.assign(host, { app, store, tokens: rest[1] });
    register.call(githubPlugin, app, store, webhooks, ...rest);
  };
  // Its own server would listen on every interface; the router works without it.
  const emulator = await createEmulator({ service: "github", port: 0, baseUrl: base, seed: { tokens: {}, github: {} } });
  await emulator.close();
  return host;
}

/** Puts a snapshot back. Collections that it does not know yet stay, since emulate's routes hold on to them. */
export function restore(store, snapshot) {
  const empty = Object.entries(store.snapshot().collections)
    .filter(([name]) => STARTS_WITH.some((start) => name.startsWith(start)))
    .map(([name, { indexFields }]) => [name, { items: [], autoId: 1, indexFields }]);
  store.restore({ ...snapshot, collections: { ...Object.fromEntries(empty), ...snapshot.collections } });
}
