/** Our routes: they stand before emulate's, in the same router. */
import { Refusal } from "./errors.mjs";

const CALL = "x-lab-call";

export class Calls {
  #open = new Map();
  #lastId = 0;

  /** Runs `send` with a header by which our routes find `call` again. */
  async during(call, send) {
    const id = String(++this.#lastId);
    this.#open.set(id, call);
    try {
      return await send({ [CALL]: id });
    } finally {
      this.#open.delete(id);
    }
  }

  of(context) {
    return this.#open.get(context.req.header(CALL));
  }
}

/** @returns {(method: string, path: string, handler: (call: object) => object) => void} `call.params` are the path's values */
export function router(app, calls) {
  return (method, path, handler) =>
    app.on(method, path, async (context) => {
      const call = { ...calls.of(context), params: context.req.param() };
      context.header("x-lab-route", "1");
      try {
        return send(context, await handler(call));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return context.json({ message: error.message, ...error.extra }, error.status);
      }
    });
}

function send(context, { status, body, links, location }) {
  if (links) context.header("link", links);
  if (location) context.header("location", location);
  return body === undefined ? context.body(null, status) : context.json(body, status);
}

export const ok = (body) => ({ status: 200, body });
export const created = (body = {}) => ({ status: 201, body });
export const found = (location) => ({ status: 302, location });
export const none = () => ({ status: 204 });

/** One page of `rows`. `wrap` makes the body of the page's items and the number of all. */
export function page({ path, query }, rows, base, wrap = (items) => items, standard = 30, most = 100) {
  const size = clamp(query.per_page, standard, most);
  const number = clamp(query.page, 1, Infinity);
  const last = Math.max(1, Math.ceil(rows.length / size));
  const link = (to, rel) => `<${base}${path}?${new URLSearchParams({ ...query, page: to, per_page: size })}>; rel="${rel}"`;
  const links = [
    ...(number > 1 ? [link(number - 1, "prev")] : []),
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
    ...(number > 1 ? [link(1, "first")] : []),
  ].join(", ");
  return { status: 200, body: wrap(rows.slice((number - 1) * size, number * size), rows.length), links: links || undefined };
}

const clamp = (text, standard, most) => Math.min(most, Math.max(1, Number.parseInt(text ?? standard, 10) || standard));
