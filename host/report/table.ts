// How tables look: plain, so that they survive in a log file.

/** Options of cli-table3 for a table without colours and with light rules. */
export const PLAIN_TABLE = {
  style: { head: [] as string[], border: [] as string[], "padding-left": 0, "padding-right": 2 },
  chars: {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "  ",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "",
  },
};
