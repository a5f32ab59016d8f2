// What a profile says of the settings that a file leaves out (docs/behaviour.md, section 20.1). What a cloud does not publish is as
// with azure.

import { DEFAULT_SETTINGS, type Profile, type Settings, type Timers } from "./configuration.ts";

/** RFC 5382, REQ-5, and RFC 7857, section 2: four minutes for whatever is not established. */
const TRANSITORY_SECONDS = 240;
/** Google Cloud's time for the same, and for UDP. */
const GCP_TRANSITORY_SECONDS = 30;
/** RFC 6888, REQ-8; as long as Google Cloud keeps a tuple from being used again. */
const QUARANTINE_SECONDS = 120;

/** Settings of a profile that are not azure's. */
const OTHERS: Record<Profile, { timers?: Partial<Timers>; portQuarantineSeconds?: number }> = {
  azure: {},
  aws: { timers: { tcpIdleSeconds: 350, udpIdleSeconds: 120 } },
  gcp: {
    timers: {
      tcpOpeningSeconds: GCP_TRANSITORY_SECONDS,
      tcpIdleSeconds: 1200,
      tcpClosingSeconds: GCP_TRANSITORY_SECONDS,
      tcpResetSeconds: GCP_TRANSITORY_SECONDS,
      udpIdleSeconds: GCP_TRANSITORY_SECONDS,
    },
    portQuarantineSeconds: QUARANTINE_SECONDS,
  },
  rfc: {
    timers: {
      tcpOpeningSeconds: TRANSITORY_SECONDS,
      tcpIdleSeconds: 7440,
      tcpHalfClosedSeconds: TRANSITORY_SECONDS,
      tcpClosingSeconds: TRANSITORY_SECONDS,
      tcpResetSeconds: TRANSITORY_SECONDS,
      udpIdleSeconds: 300,
    },
    portQuarantineSeconds: QUARANTINE_SECONDS,
  },
};

/** Settings that depend on the profile, when the file says nothing of them. */
export function profileSettings(profile: Profile): Pick<Settings, "timers" | "portQuarantineSeconds"> {
  const { timers, portQuarantineSeconds = DEFAULT_SETTINGS.portQuarantineSeconds } = OTHERS[profile];
  return { timers: { ...DEFAULT_SETTINGS.timers, ...timers }, portQuarantineSeconds };
}
