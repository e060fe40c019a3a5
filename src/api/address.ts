/** Where a daemon listens, as people write it: `unix:PATH`, `http://HOST:PORT` or `https://HOST:PORT`. */
import { ToolstackError } from "../domain/toolstack.ts";

export type Address = { readonly kind: "unix"; readonly path: string } | { readonly kind: "tcp"; readonly url: URL };

/** @throws ToolstackError INVALID for what is none of the forms */
export function parseAddress(text: string): Address {
  const path = /^unix:(?:\/\/)?(?<path>.+)$/s.exec(text)?.groups?.path;
  if (path !== undefined) return { kind: "unix", path };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new ToolstackError("INVALID", `'${text}': expected unix:PATH, http://HOST:PORT or https://HOST:PORT`);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
    throw new ToolstackError("INVALID", `'${text}': expected nothing behind the port, and no user`);
  return { kind: "tcp", url };
}
