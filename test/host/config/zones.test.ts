import { formsOf, namesOfGroup, privateForm } from "../../../host/config/zones.ts";
import { assert, suite } from "../../kit.ts";

const FORMS: [name: string, other: string | undefined][] = [
  ["acct.blob.core.windows.net", "acct.privatelink.blob.core.windows.net"],
  ["acct-secondary.dfs.core.windows.net", "acct-secondary.privatelink.dfs.core.windows.net"],
  ["server.database.windows.net", "server.privatelink.database.windows.net"],
  ["keys.vault.azure.net", "keys.privatelink.vaultcore.azure.net"],
  ["images.azurecr.io", "images.privatelink.azurecr.io"],
  ["site.scm.azurewebsites.net", "site.scm.privatelink.azurewebsites.net"],
  ["acct.westeurope.batch.azure.com", "acct.westeurope.privatelink.batch.azure.com"],
  ["api-1.westeurope.azmk8s.io", "api-1.privatelink.westeurope.azmk8s.io"],
  ["vault1.we.backup.windowsazure.com", "vault1.privatelink.we.backup.windowsazure.com"],
  ["orders.example.com", undefined],
  ["blob.core.windows.net", undefined],
];

suite("Zones", (test) => {
  test("a name has its private link form, and that its public one", () => {
    for (const [name, other] of FORMS) {
      assert.equal(formsOf(name), other === undefined ? [name] : [name, other]);
      if (other !== undefined) assert.equal(formsOf(other), [other, name]);
    }
  });

  test("forms are normal: small letters, no dot at the end", () =>
    assert.equal(formsOf("Acct.Blob.Core.Windows.Net."), [
      "acct.blob.core.windows.net",
      "acct.privatelink.blob.core.windows.net",
    ]));

  test("names follow from a known group, and from no other", () => {
    assert.equal(namesOfGroup("Acct", "blob"), ["acct.blob.core.windows.net"]);
    assert.equal(namesOfGroup("acct", "blob_secondary"), ["acct-secondary.blob.core.windows.net"]);
    assert.equal(namesOfGroup("site", "sites"), ["site.azurewebsites.net", "site.scm.azurewebsites.net"]);
    assert.is(namesOfGroup("acct", "unknown"), undefined);
    assert.is(namesOfGroup("acct", undefined), undefined);
  });

  test("of a private link form is none: it has been taken already", () =>
    assert.is(privateForm("acct.privatelink.blob.core.windows.net"), undefined));
});
