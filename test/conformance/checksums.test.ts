import { frameOf } from "./packet.ts";
import { table } from "./table.ts";

const TCP_SUM = 50;
const UDP_SUM = 40;
const IP_SUM = 24;
const tcp = (rest = ""): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=1 ${rest}`;
const tcpOut = (rest = ""): string => `tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=1 ttl=63 ${rest}`;
const udp = (rest = ""): string => `udp 10.1.0.9:5000 > 10.1.0.4:53 ${rest}`;
const udpOut = (rest = ""): string => `udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63 ${rest}`;

/** The checksum at an offset of the frame that a text stands for. */
function sumAt(offset: number, text: string): number {
  const frame = frameOf(text);
  return ((frame[offset] as number) << 8) | (frame[offset + 1] as number);
}

/** Data of a UDP packet whose checksum, once translated, comes out as 0. */
function dataForZero(): string {
  for (let length = 0; length < 16; length++)
    for (let pair = 0; pair < 90 * 90; pair++) {
      const letters = String.fromCharCode(0x21 + Math.floor(pair / 90), 0x21 + (pair % 90));
      const data = `data=${"~".repeat(length)}${letters.replace("=", "-")}`;
      if (sumAt(UDP_SUM, udpOut(data)) === 0xffff) return data;
    }
  throw new Error("No text gives that checksum.");
}

table("Checksums are adjusted, never recomputed (RFC 1624)", [
  {
    name: "a UDP checksum of 0 stays 0",
    steps: [{ in: udp("data=x l4sum=0"), out: [`provider ${udpOut("data=x l4sum=0")}`] }],
  },
  {
    name: "a UDP checksum that comes out as 0 is sent as 0xffff",
    steps: [{ in: udp(dataForZero()), out: [`provider ${udpOut(`${dataForZero()} l4sum=0xffff`)}`] }],
  },
  {
    name: "a TCP checksum that is wrong by one leaves wrong by one",
    steps: [
      {
        in: tcp(`l4sum=${sumAt(TCP_SUM, tcp()) + 1}`),
        out: [`provider ${tcpOut(`l4sum=${sumAt(TCP_SUM, tcpOut()) + 1}`)}`],
      },
    ],
  },
  {
    name: "an IPv4 header checksum that is wrong by 256 leaves wrong by 256",
    steps: [
      {
        in: tcp(`ipsum=${sumAt(IP_SUM, tcp()) + 256}`),
        out: [`provider ${tcpOut(`ipsum=${sumAt(IP_SUM, tcpOut()) + 256}`)}`],
      },
    ],
  },
  {
    name: "a checksum filled in by the network card later, half done, stays as far from right",
    steps: [
      {
        in: tcp("data=offloaded l4sum=0x1234"),
        out: [`provider ${tcpOut(`data=offloaded l4sum=${shifted(0x1234)}`)}`],
      },
    ],
  },
  {
    name: "a packet cut before its checksum is translated as far as it goes",
    steps: [{ in: tcp(), captured: 50, out: [`provider ${tcpOut()}`] }],
  },
  {
    name: "a packet cut after its checksum has it adjusted for the data that is missing",
    steps: [
      {
        in: tcp("data=all-of-this-is-cut-off"),
        captured: 54,
        out: [`provider ${tcpOut("data=all-of-this-is-cut-off")}`],
      },
    ],
  },
]);

/** A wrong checksum as far from right after translation as before, in one's complement arithmetic. */
function shifted(wrong: number): number {
  const error = wrong + 0xffff - sumAt(TCP_SUM, tcp("data=offloaded"));
  return (sumAt(TCP_SUM, tcpOut("data=offloaded")) + error) % 0xffff;
}
