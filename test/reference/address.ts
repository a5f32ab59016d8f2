// IPv4 and MAC addresses between text, numbers and bytes.

/** 10.0.0.1 is 0x0a000001. */
export const addressOf = (text: string): number => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

export const addressText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");

/** `address:port`. */
export const endText = (address: number, port: number): string => `${addressText(address)}:${port}`;

/** Six bytes of a text such as 02:00:00:00:00:01. */
export const macOf = (text: string): number[] => text.split(/[:-]/).map((pair) => Number.parseInt(pair, 16));
