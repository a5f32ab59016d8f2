// Real servers that expect a PROXY header: each says in its answer who the header told it that calls.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const READY_TRIES = 100;
const READY_PAUSE = 50;
const ANSWER_MOST = 10_000;

/** How a server is asked for, and how its configuration answers `client destination` for whatever it is asked. */
interface Kind {
  command: string;
  args(folder: string): string[];
  configuration(folder: string, port: number): string;
}

const KINDS: Record<string, Kind> = {
  nginx: {
    command: "nginx",
    args: (folder) => ["-p", folder, "-c", "server.conf", "-e", "error.log"],
    configuration: (_, port) => `daemon off; master_process off; pid nginx.pid; error_log error.log;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port} proxy_protocol;
    return 200 "$proxy_protocol_addr:$proxy_protocol_port > $proxy_protocol_server_addr:$proxy_protocol_server_port";
  }
}
`,
  },
  haproxy: {
    command: "haproxy",
    args: (folder) => ["-db", "-f", join(folder, "server.conf")],
    configuration: (_, port) => `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend announced
  bind 127.0.0.1:${port} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port] > %[dst]:%[dst_port]"
`,
  },
};

export const SERVER_NAMES = Object.keys(KINDS);

/** Whether the machine has a server. */
export const isInstalled = (name: string): boolean => spawnSync(KINDS[name]?.command ?? "", ["-v"]).status === 0;

/** A server that runs. */
export class Server {
  private readonly process: ChildProcess;
  private readonly folder: string;
  readonly port: number;
  private errors = "";

  private constructor(name: string, port: number) {
    const { command, args, configuration } = KINDS[name] as Kind;
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), "linkplane-proxy-"));
    writeFileSync(join(this.folder, "server.conf"), configuration(this.folder, port));
    this.process = spawn(command, args(this.folder), { stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr?.on("data", (data: Buffer) => (this.errors += data.toString()));
  }

  /** Starts a server at a port that is free, and waits until it takes connections. */
  static async start(name: string): Promise<Server> {
    const server = new Server(name, await freePort());
    for (let tries = 0; tries < READY_TRIES; tries++) {
      if (await takesConnections(server.port)) return server;
      await setTimeout(READY_PAUSE);
    }
    await server.stop();
    throw new Error(`${name} did not start: ${server.errors}`);
  }

  /** Sends a byte stream over a connection of its own, and gives all that comes back. */
  answer(stream: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = "";
      const socket = connect(this.port, "127.0.0.1", () => socket.write(stream));
      socket.setTimeout(ANSWER_MOST, () => socket.destroy(new Error(`No answer: ${this.errors}`)));
      socket.on("data", (data) => (text += data.toString("latin1")));
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null && this.process.kill()) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
