// The public zones of the cloud's services and their private link forms: `acct.blob.core.windows.net` is also asked for as
// `acct.privatelink.blob.core.windows.net`, the name its public one is an alias of.

/** Public suffix, and what stands in its place in the private link form when that is not `privatelink.` and the same. */
const ZONES: Readonly<Record<string, string | undefined>> = {
  "blob.core.windows.net": undefined,
  "file.core.windows.net": undefined,
  "queue.core.windows.net": undefined,
  "table.core.windows.net": undefined,
  "web.core.windows.net": undefined,
  "dfs.core.windows.net": undefined,
  "database.windows.net": undefined,
  "vault.azure.net": "privatelink.vaultcore.azure.net",
  "documents.azure.com": undefined,
  "mongo.cosmos.azure.com": undefined,
  "cassandra.cosmos.azure.com": undefined,
  "gremlin.cosmos.azure.com": undefined,
  "table.cosmos.azure.com": undefined,
  "azurecr.io": undefined,
  "azurewebsites.net": undefined,
  "servicebus.windows.net": undefined,
  "redis.cache.windows.net": undefined,
  "batch.azure.com": undefined,
  "postgres.database.azure.com": undefined,
  "mysql.database.azure.com": undefined,
  "mariadb.database.azure.com": undefined,
};

/** Zones with a region between the service and the name: the private link label stands before the region. */
const REGIONAL = ["azmk8s.io", "backup.windowsazure.com"];

/** Names of a resource by its group, `*` standing for the resource's own name. */
const GROUPS: Readonly<Record<string, readonly string[] | undefined>> = {
  blob: ["*.blob.core.windows.net"],
  blob_secondary: ["*-secondary.blob.core.windows.net"],
  file: ["*.file.core.windows.net"],
  queue: ["*.queue.core.windows.net"],
  queue_secondary: ["*-secondary.queue.core.windows.net"],
  table: ["*.table.core.windows.net"],
  table_secondary: ["*-secondary.table.core.windows.net"],
  web: ["*.web.core.windows.net"],
  web_secondary: ["*-secondary.web.core.windows.net"],
  dfs: ["*.dfs.core.windows.net"],
  dfs_secondary: ["*-secondary.dfs.core.windows.net"],
  sqlServer: ["*.database.windows.net"],
  vault: ["*.vault.azure.net"],
  Sql: ["*.documents.azure.com"],
  MongoDB: ["*.mongo.cosmos.azure.com"],
  Cassandra: ["*.cassandra.cosmos.azure.com"],
  Gremlin: ["*.gremlin.cosmos.azure.com"],
  Table: ["*.table.cosmos.azure.com"],
  registry: ["*.azurecr.io"],
  sites: ["*.azurewebsites.net", "*.scm.azurewebsites.net"],
  namespace: ["*.servicebus.windows.net"],
  redisCache: ["*.redis.cache.windows.net"],
  postgresqlServer: ["*.postgres.database.azure.com"],
  mysqlServer: ["*.mysql.database.azure.com"],
  mariadbServer: ["*.mariadb.database.azure.com"],
};

/** Names of a resource that follow from its group; undefined when the group is none that is known. */
export function namesOfGroup(resource: string, groupId: string | undefined): string[] | undefined {
  const patterns = groupId === undefined ? undefined : GROUPS[groupId];
  return patterns?.map((pattern) => normalName(pattern.replace("*", resource)));
}

/** The form in which names are compared. */
export const normalName = (name: string): string => name.toLowerCase().replace(/\.$/, "");

/** A name and its other form, private link or public, if its zone has one. Both in normal form. */
export function formsOf(name: string): string[] {
  const own = normalName(name);
  const other = publicForm(own) ?? privateForm(own);
  return other === undefined ? [own] : [own, other];
}

/** The private link form of a public name, if its zone has one; a name that is one already has none. */
export function privateForm(name: string): string | undefined {
  if (publicForm(name) !== undefined) return undefined;
  for (const [zone, form = `privatelink.${zone}`] of Object.entries(ZONES))
    if (name.endsWith(`.${zone}`)) return name.slice(0, -zone.length) + form;
  for (const zone of REGIONAL) {
    const match = name.endsWith(`.${zone}`) ? /^(.+)\.([^.]+)$/.exec(name.slice(0, -zone.length - 1)) : null;
    if (match !== null) return `${match[1]}.privatelink.${match[2]}.${zone}`;
  }
  return undefined;
}

/** The public form of a private link name, if it is one. */
export function publicForm(name: string): string | undefined {
  for (const [zone, form = `privatelink.${zone}`] of Object.entries(ZONES))
    if (name.endsWith(`.${form}`)) return name.slice(0, -form.length) + zone;
  const regional = REGIONAL.some((zone) => name.endsWith(`.${zone}`));
  return regional && name.includes(".privatelink.") ? name.replace(".privatelink.", ".") : undefined;
}
