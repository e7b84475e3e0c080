/** What every route works on: emulate's store, our own tables in it, and the shapes that answers share. */
import { createHash, randomBytes } from "node:crypto";
import { Refusal } from "./errors.mjs";

export class World {
  /** `plugin` is emulate's module, `app` its router, `base` what addresses begin with. */
  constructor({ store, plugin, app, base, sodium }) {
    Object.assign(this, { store, plugin, app, base, sodium, gh: plugin.getGitHubStore(store) });
  }

  /** A table of ours. It is kept, and goes with its repository when it has `repo_id`. */
  table(name, fields = ["repo_id"]) {
    return this.store.collection(`lab.${name}`, fields);
  }

  /** A repository's rows of a table of ours, oldest first. */
  rows(name, repo) {
    return this.table(name)
      .findBy("repo_id", repo.id)
      .sort((left, right) => left.id - right.id);
  }

  get api() {
    return `${this.base}/api/v3`;
  }

  repoUrl(repo) {
    return `${this.api}/repos/${repo.full_name}`;
  }

  repository(owner, name) {
    const wanted = `${owner}/${name}`.toLowerCase();
    return (
      this.gh.repos.findOneBy("full_name", `${owner}/${name}`) ??
      this.gh.repos.all().find((repo) => repo.full_name.toLowerCase() === wanted)
    );
  }

  /** The tip of a branch, or undefined. */
  tip(repo, branch) {
    return this.gh.refs.findBy("repo_id", repo.id).find((ref) => ref.ref === `refs/heads/${branch}`)?.sha;
  }

  /** Moves a branch, or takes it away where `sha` is undefined. */
  move(repo, branch, sha) {
    const rows = [
      [this.gh.refs, (row) => row.ref === `refs/heads/${branch}`],
      [this.gh.branches, (row) => row.name === branch],
    ];
    for (const [table, fits] of rows) {
      const row = table.findBy("repo_id", repo.id).find(fits);
      if (row && sha) table.update(row.id, { sha });
      else if (row) table.delete(row.id);
    }
  }

  /** The body of one of emulate's own answers, asked as the same person. Throws what it refuses. */
  async ask(actor, method, path, body) {
    const headers = { authorization: actor.header, "content-type": "application/json" };
    const answer = await this.app.fetch(
      new Request(`${this.base}${path}`, { method, headers, body: body && JSON.stringify(body) }),
    );
    const value = await answer.json();
    if (!answer.ok) throw new Refusal(answer.status, value.message);
    return value;
  }

  /** The commit that a branch, tag, ref or id names, or undefined. */
  commit(repo, name) {
    const refs = this.gh.refs.findBy("repo_id", repo.id);
    const sha =
      [name, `refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`]
        .map((full) => refs.find((ref) => ref.ref === full)?.sha)
        .find(Boolean) ?? name;
    return this.gh.commits.findBy("repo_id", repo.id).find((commit) => commit.sha === sha);
  }

  /** GitHub's short form of a user or an organization. */
  user(row) {
    if (!row) return null;
    const url = `${this.api}/users/${row.login}`;
    const lists = ["followers", "subscriptions", "repos", "received_events"];
    return {
      login: row.login,
      id: row.id,
      node_id: row.node_id,
      avatar_url: `${this.base}/avatars/u/${row.login}`,
      gravatar_id: "",
      url,
      html_url: `${this.base}/${row.login}`,
      organizations_url: `${url}/orgs`,
      ...Object.fromEntries(lists.map((list) => [`${list}_url`, `${url}/${list}`])),
      following_url: `${url}/following{/other_user}`,
      gists_url: `${url}/gists{/gist_id}`,
      starred_url: `${url}/starred{/owner}{/repo}`,
      events_url: `${url}/events{/privacy}`,
      type: row.type ?? "Organization",
      site_admin: row.site_admin ?? false,
    };
  }

  userById(id) {
    return this.user(this.gh.users.get(id));
  }

  team(row) {
    const org = this.gh.orgs.get(row.org_id);
    const url = `${this.api}/organizations/${row.org_id}/team/${row.id}`;
    return {
      id: row.id,
      node_id: row.node_id,
      url,
      html_url: `${this.base}/orgs/${org.login}/teams/${row.slug}`,
      name: row.name,
      slug: row.slug,
      description: row.description ?? null,
      privacy: row.privacy ?? "closed",
      notification_setting: "notifications_enabled",
      permission: row.permission ?? "pull",
      members_url: `${url}/members{/member}`,
      repositories_url: `${url}/repos`,
      parent: null,
      type: "organization",
      organization_id: row.org_id,
    };
  }
}

export const nodeId = (type, id) => Buffer.from(`0:${type}${id}`).toString("base64url");
export const digest = (text) => createHash("sha256").update(text).digest("hex");
export const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
export const pick = (source, names) =>
  Object.fromEntries(names.filter((name) => source?.[name] !== undefined).map((name) => [name, source[name]]));

/** A random word in the manner of GitHub's tokens. */
export function secretWord(prefix, length = 36) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join("");
}
