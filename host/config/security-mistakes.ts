// Endpoint rules, their groups, and lists of subscriptions that contradict each other.

import type { Mistake, Path } from "./problem.ts";
import { reference, repeated } from "./references.ts";
import type { ConfigurationFile } from "./schema.ts";

/** Sources x destinations x port ranges of a group, as many as the cloud takes. */
const COMBINATIONS_MOST = 250_000;

type Group = NonNullable<ConfigurationFile["networkSecurityGroups"]>[number];

/** Every such mistake. */
export function securityMistakes(file: ConfigurationFile): Mistake[] {
  const groups = file.networkSecurityGroups ?? [];
  const application = file.applicationSecurityGroups ?? [];
  const group = (name: string | undefined, path: Path): Mistake[] =>
    name === undefined ? [] : reference(name, groups, [...path, "networkSecurityGroup"], "network security group");
  return [
    ...repeated(groups, ["networkSecurityGroups"], "network security groups"),
    ...repeated(application, ["applicationSecurityGroups"], "application security groups"),
    ...groups.flatMap((one, i) => rules(one, application, ["networkSecurityGroups", i])),
    ...file.virtualNetworks.flatMap(({ subnets = [] }, i) =>
      subnets.flatMap(({ networkSecurityGroup: name }, j) => group(name, ["virtualNetworks", i, "subnets", j])),
    ),
    ...file.privateEndpoints.flatMap(({ networkSecurityGroup: name, applicationSecurityGroups: names = [] }, i) => [
      ...group(name, ["privateEndpoints", i]),
      ...members(names, application, ["privateEndpoints", i, "applicationSecurityGroups"]),
    ]),
    ...identifiers(file, "linkIdentifier"),
    ...identifiers(file, "vpcEndpointId"),
    ...identifiers(file, "pscConnectionId"),
    ...file.privateLinkServices.flatMap(approval),
  ];
}

function members(names: readonly string[], groups: readonly { name: string }[], path: Path): Mistake[] {
  return names.flatMap((name, i) => reference(name, groups, [...path, i], "application security group"));
}

function rules(
  { securityRules }: Group,
  application: readonly { name: string; addresses: string[] }[],
  at: Path,
): Mistake[] {
  const path = [...at, "securityRules"];
  const owners = new Map<number, string>();
  const sizes = new Map(application.map(({ name, addresses }) => [name, addresses.length]));
  const count = (list: readonly string[], groups: readonly string[]): number =>
    list.length + groups.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  let combinations = 0;
  const mistakes = securityRules.flatMap((rule, i): Mistake[] => {
    const { sourceAddressPrefixes: prefixes, sourceApplicationSecurityGroups: names } = rule;
    const destinations = count(rule.destinationAddressPrefixes, rule.destinationApplicationSecurityGroups);
    combinations += count(prefixes, names) * Math.max(destinations, 1) * rule.destinationPortRanges.length;
    const owner = owners.get(rule.priority);
    owners.set(rule.priority, owner ?? rule.name);
    return [
      ...members(names, application, [...path, i, "sourceApplicationSecurityGroups"]),
      ...members(rule.destinationApplicationSecurityGroups, application, [
        ...path,
        i,
        "destinationApplicationSecurityGroups",
      ]),
      ...(prefixes.length + names.length > 0
        ? []
        : [
            {
              path: [...path, i],
              message: 'The rule names no source. Add sourceAddressPrefixes, ["*"] for every one.',
            },
          ]),
      ...(owner === undefined
        ? []
        : [
            {
              path: [...path, i, "priority"],
              message: `"${owner}" has priority ${rule.priority} too. Give each rule its own.`,
            },
          ]),
    ];
  });
  if (combinations > COMBINATIONS_MOST)
    mistakes.push({
      path,
      message: `The rules have ${combinations} combinations of source, destination and ports; 250,000 is the most. Remove some.`,
    });
  return [...repeated(securityRules, path, "rules"), ...mistakes];
}

/** Identifiers of connections that two endpoints have. */
function identifiers(
  { privateEndpoints }: ConfigurationFile,
  field: "linkIdentifier" | "vpcEndpointId" | "pscConnectionId",
): Mistake[] {
  const owners = new Map<string, string>();
  return privateEndpoints.flatMap((endpoint, i): Mistake[] => {
    if (endpoint[field] === undefined) return [];
    const identifier = String(endpoint[field]);
    const owner = owners.get(identifier);
    owners.set(identifier, owner ?? endpoint.name);
    const path = ["privateEndpoints", i, field];
    return owner === undefined ? [] : [{ path, message: `${identifier} is that of "${owner}" too. Choose another.` }];
  });
}

/** Connections are approved at once only for those who may see the service. */
function approval(
  { visibility, autoApproval }: ConfigurationFile["privateLinkServices"][number],
  i: number,
): Mistake[] {
  if (visibility === undefined || visibility.subscriptions.includes("*")) return [];
  return (autoApproval?.subscriptions ?? []).flatMap((name, j): Mistake[] =>
    visibility.subscriptions.includes(name)
      ? []
      : [
          {
            path: ["privateLinkServices", i, "autoApproval", "subscriptions", j],
            message: `"${name}" may not see the service. Add it to visibility.subscriptions.`,
          },
        ],
  );
}
