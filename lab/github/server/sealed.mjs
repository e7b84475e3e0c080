/** Key pairs for Actions secrets, and sealed boxes opened. */
import { invalidSimply } from "./errors.mjs";

/** The key pair of a repository or an environment: `{ key_id, public, private }`, in base64; made when first asked for. */
export function keyOf(world, repo, environment) {
  const keys = world.table("keys");
  const scope = environment ?? "";
  const found = keys.findBy("repo_id", repo.id).find((one) => one.environment === scope);
  if (found) return found;
  const { publicKey, privateKey } = world.sodium.crypto_box_keypair();
  const row = { repo_id: repo.id, environment: scope, public: base64(publicKey), private: base64(privateKey) };
  const saved = keys.insert(row);
  return keys.update(saved.id, { key_id: String(568250167242549743n + BigInt(saved.id)) });
}

/** The plain bytes of a sealed box, or a 422 as GitHub gives it. */
export function unseal(world, key, { encrypted_value: sealed, key_id: id }) {
  if (id !== key.key_id) throw invalidSimply("key_id does not match the public key");
  try {
    return world.sodium.crypto_box_seal_open(bytes(sealed), bytes(key.public), bytes(key.private));
  } catch {
    throw invalidSimply("Encrypted value cannot be decrypted with the public key");
  }
}

/** A secret in plain text, for tests: `repository` OWNER/NAME, `environment` where it is one's, `name`. */
export function open(world, { repository, environment, name }) {
  const [owner, repo] = repository.split("/");
  const id = world.repository(owner, repo)?.id;
  const row = world
    .table("secrets")
    .findBy("repo_id", id)
    .find((one) => one.name === name.toUpperCase() && one.environment === (environment ?? ""));
  if (!row) throw new TypeError(`secret ${name} is not in ${repository}`);
  return { value: Buffer.from(unseal(world, keyOf(world, { id }, environment), row)).toString("utf8") };
}

const base64 = (raw) => Buffer.from(raw).toString("base64");
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
