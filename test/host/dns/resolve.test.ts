// What names resolve to, by the zones that a network's resolver asks.

import type { Configuration } from "../../../host/config/configuration.ts";
import { type Resolution, Resolver } from "../../../host/dns/resolve.ts";
import { assert, suite } from "../../kit.ts";
import { ACCOUNT, ACCOUNT_ALIAS, named, zoneOf } from "./sample.ts";

const resolve = (configuration: Configuration, name: string, network: string): Resolution =>
  new Resolver(configuration).resolve(name, network);

const answers = ({ steps }: Resolution): string[] => steps.map(({ zone, answer }) => `${zone}: ${answer}`);

const ALIAS = `public: CNAME ${ACCOUNT_ALIAS}`;
const ZONE = "privatelink.blob.core.windows.net";
const HUB = { privateDnsZones: [zoneOf("hub", "shop", "lab", "office")] };
const APART = { privateDnsZones: [zoneOf("zone-shop", "shop"), zoneOf("zone-lab", "lab")] };

/** Asserts the answers on the way, and the endpoint they lead to. */
function resolves(
  configuration: Configuration,
  name: string,
  network: string,
  expected: string[],
  endpoint: string | undefined,
): void {
  const resolution = resolve(configuration, name, network);
  assert.equal(answers(resolution), expected);
  assert.is(resolution.endpoint, endpoint);
}

suite("A name", (test) => {
  test("without zones, each network has its own", () =>
    resolves(named(), ACCOUNT, "lab", [ALIAS, `${ZONE}: A 10.9.0.4`], "pe-lab"));
  test("of a dual-stack endpoint leads to both of its addresses, of an IPv6 one to that", () => {
    const dual = named({}, [{ privateIPv6Address: "fd00::4" }, { privateIPAddress: "fd00::9" }]);
    resolves(dual, ACCOUNT, "shop", [ALIAS, `${ZONE}: A 10.1.0.4, AAAA fd00::4`], "pe-shop");
    resolves(dual, ACCOUNT, "lab", [ALIAS, `${ZONE}: AAAA fd00::9`], "pe-lab");
  });
  test("has public addresses of both families", () => {
    const both = named();
    const [service] = both.privateLinkServices;
    service?.resources?.[0]?.publicIPAddresses?.unshift("2603:1030::4");
    resolves(both, ACCOUNT, "office", [ALIAS, "public: A 20.60.1.2, AAAA 2603:1030::4"], undefined);
  });
  test("and a network without an endpoint none", () =>
    resolves(named(), ACCOUNT, "office", [ALIAS, "public: A 20.60.1.2"], undefined));
  test("a linked zone answers for the alias", () =>
    resolves(named(APART), ACCOUNT, "shop", [ALIAS, `${ZONE}: A 10.1.0.4`], "pe-shop"));
  test("the alias itself may be asked for", () =>
    resolves(named(APART), ACCOUNT_ALIAS, "lab", [`${ZONE}: A 10.9.0.4`], "pe-lab"));
  test("capitals and a dot at the end make no difference", () =>
    resolves(named(APART), `${ACCOUNT.toUpperCase()}.`, "lab", [ALIAS, `${ZONE}: A 10.9.0.4`], "pe-lab"));
  test("a zone that is not linked does not answer", () =>
    resolves(named(APART), ACCOUNT, "office", [ALIAS, "public: A 20.60.1.2"], undefined));
  test("two endpoints in one zone: the last record stands", () =>
    resolves(named(HUB), ACCOUNT, "shop", [ALIAS, `${ZONE}: A 10.9.0.4`], "pe-lab"));
  test("an endpoint writes to its zone group only", () =>
    resolves(named(HUB, [{}, { privateDnsZoneGroup: [] }]), ACCOUNT, "lab", [ALIAS, `${ZONE}: A 10.1.0.4`], "pe-shop"));
  test("a linked zone without the record hides public DNS", () =>
    resolves(
      named(HUB, [{ privateDnsZoneGroup: [] }, { privateDnsZoneGroup: [] }]),
      ACCOUNT,
      "shop",
      [ALIAS, `${ZONE}: NXDOMAIN`],
      undefined,
    ));
  test("a resource without an endpoint has no alias", () =>
    resolves(named(), "account2.blob.core.windows.net", "shop", ["public: A ?"], undefined));
  test("any other name is public", () => resolves(named(), "www.example", "shop", ["public: A ?"], undefined));

  test("that two endpoints claim is told, with both", () => {
    const [warning = ""] = resolve(named(HUB), ACCOUNT, "lab").warnings;
    assert.match(warning, /^"pe-shop" \(10\.1\.0\.4\) and "pe-lab" claim .* in zone "hub"/);
  });

  test("that leads to an endpoint in another network, or to one that is not approved, is told", () => {
    const configuration = named(HUB, [{}, { privateDnsZoneGroup: [], connectionState: "Pending" }]);
    assert.match(
      resolve(configuration, ACCOUNT, "office").warnings.join(),
      /lies in "shop", with which "office" is not peered: .* Peer the two, both sides Connected\./,
    );
    const peering = (remoteVirtualNetwork: string): object => ({ remoteVirtualNetwork });
    const virtualNetworks = [
      { name: "shop", virtualNetworkPeerings: [peering("office")] },
      { name: "lab" },
      { name: "office", virtualNetworkPeerings: [peering("shop")] },
      { name: "provider" },
    ];
    const peered = named({ ...HUB, virtualNetworks }, [{}, { privateDnsZoneGroup: [] }]);
    assert.equal(resolve(peered, ACCOUNT, "office").warnings, []);
    const pending = named(APART, [{ connectionState: "Pending" }]);
    assert.match(resolve(pending, ACCOUNT, "shop").warnings.join(), /"pe-shop" is Pending/);
  });

  test("of another's resource may be hidden by a zone that is linked for one's own, which is told", () => {
    const [warning = "", ...others] = resolve(named(HUB), "account9.blob.core.windows.net", "shop").warnings;
    assert.equal(others, []);
    assert.match(
      warning,
      /alias of account9\.privatelink\.blob\S+: zone "hub" is linked to "shop" and has no such record/,
    );
    assert.equal(resolve(named(APART), "account9.blob.core.windows.net", "office").warnings, []);
    assert.equal(resolve(named(HUB), "www.example", "shop").warnings, []);
    const { steps } = resolve(named(HUB), "account9.privatelink.blob.core.windows.net", "shop");
    assert.match(steps.at(-1)?.why ?? "", /Make an endpoint for the resource of this name/);
  });

  test("past an endpoint for want of zones that were written down says so", () => {
    const { steps } = resolve(named(), ACCOUNT, "office");
    assert.match(steps.at(-1)?.why ?? "", /write the zones down as they are, and link one to "office", if clients/);
  });

  test("that goes past the endpoint says what to link", () => {
    const { steps, outcome } = resolve(named(APART), ACCOUNT, "office");
    assert.is(outcome, "public");
    assert.match(steps.at(-1)?.why ?? "", /"zone-shop", "zone-lab" is not linked to "office"\. Link it/);
  });
});
