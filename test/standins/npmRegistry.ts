import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** npm's registry, of the packages that are installed here and no others. */
export interface NpmRegistry {
  url: string;
  close(): Promise<void>;
}

/** Starts one. Packages are packed as they are asked for. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const places = await installed();
  const tarballs = new Map<string, Promise<Buffer>>();
  const server = createServer((request, response) => {
    void answer(decodeURIComponent(request.url!.slice(1))).then(
      (body) => response.end(body),
      (error: Error) => response.writeHead(404).end(error.message),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(path: string): Promise<string | Buffer> {
    const [, tarred, version] = /^(.+)\/-\/(.+)\.tgz$/.exec(path) ?? [];
    if (tarred !== undefined && version !== undefined) return tarball(placeOf(tarred, version));
    const versions: Record<string, object> = {};
    for (const [of, place] of places.get(path) ?? []) {
      const manifest = JSON.parse(await readFile(join(place, "package.json"), "utf8")) as object;
      const integrity = `sha512-${createHash("sha512")
        .update(await tarball(place))
        .digest("base64")}`;
      versions[of] = { ...manifest, dist: { tarball: `${url}/${path}/-/${of}.tgz`, integrity } };
    }
    const [latest] = Object.keys(versions);
    if (latest === undefined) throw new Error(`${path} is not installed here`);
    return JSON.stringify({ name: path, "dist-tags": { latest }, versions });
  }

  function placeOf(name: string, version: string): string {
    const place = places.get(name)?.get(version);
    if (place === undefined) throw new Error(`${name} ${version} is not installed here`);
    return place;
  }

  function tarball(place: string): Promise<Buffer> {
    const made = tarballs.get(place) ?? pack(place);
    tarballs.set(place, made);
    return made;
  }

  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Where each version of each package is, by name and version. */
async function installed(): Promise<Map<string, Map<string, string>>> {
  const { packages } = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string; link?: boolean }>;
  };
  const places = new Map<string, Map<string, string>>();
  for (const [path, { version, link }] of Object.entries(packages)) {
    const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    const place = join(ROOT, path);
    if (name === undefined || version === undefined || link || !existsSync(place)) continue;
    places.set(name, (places.get(name) ?? new Map<string, string>()).set(version, place));
  }
  return places;
}

async function pack(place: string): Promise<Buffer> {
  const args = ["-C", place, "--exclude=./node_modules", "--transform=s,^\\.,package,", "-cz", "."];
  const { stdout } = await promisify(execFile)("tar", args, { encoding: "buffer", maxBuffer: 2 ** 28 });
  return stdout;
}
