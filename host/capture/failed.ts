// The error for an output that cannot be written.

import { LinkplaneError } from "../errors.ts";

const PROBLEMS: Record<string, string> = {
  ENOENT: "there is no such folder",
  EISDIR: "this is a folder",
  EACCES: "it is not permitted",
  ENOSPC: "there is no space left",
};

/** OUTPUT_FAILED for a file or `-`, with the cause. */
export function failed(path: string, error: NodeJS.ErrnoException): LinkplaneError {
  const { code = error.message } = error;
  const why = PROBLEMS[code] === undefined ? code : `${PROBLEMS[code]} (${code})`;
  return new LinkplaneError("OUTPUT_FAILED", `Writing failed: ${why}.`, {
    where: path === "-" ? "standard output" : path,
    remedy: "Check the folder, its permissions and the space left.",
    cause: error,
  });
}
