// Provisional until the configuration reader lands.
export const addressNumber = (text: string): number =>
  text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
export const addressText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
export const macBytes = (text: string): Uint8Array =>
  Uint8Array.from(text.split(/[:-]/), (part) => Number.parseInt(part, 16));
