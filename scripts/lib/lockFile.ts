/** What npm writes of one folder into package-lock.json, as far as it is looked at. */
interface Entry {
  version?: string;
  link?: boolean;
  integrity?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

/** Where packages come from; npm also leaves the address out, and asks the registry that it is set to. */
const REGISTRY = "https://registry.npmjs.org/";

/** As npm writes it (Subresource Integrity, W3C): SHA-1, which old lock files have, can be forged. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** One alone (Semantic Versioning 2.0.0), and no range of them. */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/**
 * What a lock file says too little of: a package without its hash may be another one tomorrow, and an optional one that is left
 * out, such as a binary for another system, `npm ci` does not miss.
 *
 * @param packages `packages` of package-lock.json.
 * @returns a line for each, with the package's name.
 */
export function lockFaults(packages: Readonly<Record<string, Entry>>): string[] {
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...(isInstalled(path, entry) ? originFaults(path, entry) : []),
    ...Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, range]) => !fits(nearest(packages, path, name), range))
      .map(([name, range]) => `${path || "the project"} may use ${name} ${range}, which is not in it`),
  ]);
}

/** Workspaces are folders of the repository, and links lead to them. */
function isInstalled(path: string, { link = false }: Entry): boolean {
  return !link && path.includes("node_modules/");
}

function originFaults(path: string, { integrity, resolved }: Entry): string[] {
  const faults: string[] = [];
  if (!INTEGRITY.test(integrity ?? "")) faults.push(`${path} has no hash (integrity: ${integrity ?? "none"})`);
  if (resolved?.startsWith(REGISTRY) === false) faults.push(`${path} comes from ${resolved}, not from ${REGISTRY}`);
  return faults;
}

/** Binaries are asked for by their version: further out there may be another package's. */
function fits(found: Entry | undefined, range: string): boolean {
  return found !== undefined && (!VERSION.test(range) || found.version === range);
}

/** The package that Node finds by a name, from a folder outwards. */
function nearest(packages: Readonly<Record<string, Entry>>, path: string, name: string): Entry | undefined {
  const found = packages[`${path && `${path}/`}node_modules/${name}`];
  if (found !== undefined || path === "") return found;
  const outer = path.lastIndexOf("/node_modules/");
  return nearest(packages, outer < 0 ? "" : path.slice(0, outer), name);
}
