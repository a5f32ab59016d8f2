// What PROXY headers bear behind their addresses, for each profile, and the identifiers that follow from names.

import { proxyIdentities, pscConnectionIds, vpcEndpointIds } from "../../../host/config/proxy.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");

function identityOf(profile: "azure" | "aws" | "gcp", own: Partial<Configuration["privateEndpoints"][number]>): string {
  const configuration = baseConfiguration();
  configuration.settings.profile = profile;
  Object.assign(configuration.privateEndpoints[0] as object, own);
  for (const service of configuration.privateLinkServices) service.enableProxyProtocol = true;
  return hex(proxyIdentities(markChecked(configuration))[0]);
}

suite("The identity in a PROXY header", (test) => {
  test("azure: the link identifier, least significant byte first", () =>
    assert.is(identityOf("azure", { linkIdentifier: 0x210045c1 }), "ee000501c1450021"));

  test("aws: room for a checksum, and the identifier of the endpoint", () =>
    assert.is(
      identityOf("aws", { vpcEndpointId: "vpce-08d2bf15fac5001c9" }),
      `03000400000000ea001701${Buffer.from("vpce-08d2bf15fac5001c9").toString("hex")}`,
    ));

  test("gcp: the connection's number, most significant byte first", () =>
    assert.is(identityOf("gcp", { pscConnectionId: "18446744072646845442" }), "e00008ffffffffc0a86402"));

  test("is none where the service has no headers", () =>
    assert.equal(
      proxyIdentities(baseConfiguration()).map((bytes) => bytes?.length),
      [undefined, undefined, undefined, undefined, undefined],
    ));
});

suite("Identifiers of connections", (test) => {
  const of = (name: string, own: object = {}) => ({ name, privateLinkService: "storage", ...own });

  test("follow from the names, whatever stands around them", () => {
    const [id = ""] = vpcEndpointIds([of("a")]);
    assert.match(id, /^vpce-0[0-9a-f]{16}$/);
    assert.is(vpcEndpointIds([of("b"), of("a")])[1], id);
    assert.is(pscConnectionIds([of("b"), of("a")])[1], pscConnectionIds([of("a")])[0]);
  });

  test("given ones stay, and others count on past them", () => {
    const [made = ""] = pscConnectionIds([of("a")]);
    assert.equal(pscConnectionIds([of("a"), of("b", { pscConnectionId: made })]), [
      (BigInt(made) + 1n).toString(),
      made,
    ]);
  });
});
