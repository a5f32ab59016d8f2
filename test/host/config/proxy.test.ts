// What PROXY headers bear behind their addresses, for each profile, and the identifiers that follow from names.

import { readFileSync } from "node:fs";
import { parseConfiguration } from "../../../host/config/index.ts";
import { proxyIdentities, pscConnectionIds, vpcEndpointIds } from "../../../host/config/proxy.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import type { LinkplaneError } from "../../../host/errors.ts";
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

suite("A connection's number in a file", (test) => {
  const text = readFileSync("examples/storage.yaml", "utf8");
  const read = (written: string): string | undefined =>
    parseConfiguration(text.replace("groupId: blob", `pscConnectionId: ${written}`)).privateEndpoints[0]
      ?.pscConnectionId;
  for (const number of ["0", "12345", "9007199254740993", "18446744072646845442", "18446744073709551615"])
    test(`keeps its digits, in quotes or not: ${number}`, () => {
      assert.is(read(number), number);
      assert.is(read(`"${number}"`), number);
    });

  for (const written of ["18446744073709551616", "-1", "1.5", "0x12", "abc", '"007"'])
    test(`is refused when it is none of 64 bits: ${written}`, () => {
      assert.throws(
        () => read(written),
        (error: LinkplaneError) => error.code === "CONFIG_INVALID",
      );
    });
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
