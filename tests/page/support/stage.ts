import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = resolve(dirname(fileURLToPath(import.meta.url)), '../../support/stage.py');

export interface Where {
  url: string;
  password: string;
  owner: string;
  /** Of the PostgreSQL server. */
  port: number;
  /** The folder below which storages may be. */
  storage: string;
}

export interface Shop {
  server: string;
  storage: string;
  key: string;
  database: string;
  /** The database's. */
  name: string;
}

/** The stand-in for SQL Server, and an empty database in it. */
export interface Mssql {
  /** host:port */
  address: string;
  username: string;
  password: string;
  /** The root certificate, as PEM. */
  root: string;
  database: string;
}

export interface ApiAnswer<Body> {
  status: number;
  body: Body;
}

/** A whole service of its own (tests/support/stage.py), asked one thing after the other. */
export class Stage {
  where!: Where;
  private readonly waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  private said = '';

  private constructor(private readonly process: ChildProcessWithoutNullStreams) {
    process.stderr.on('data', (data: Buffer) => (this.said = (this.said + data.toString()).slice(-8000)));
    createInterface({ input: process.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as { ok?: unknown; error?: string };
      const next = this.waiting.shift();
      if (answer.error === undefined) next?.resolve(answer.ok);
      else next?.reject(new Error(`the stage: ${answer.error}`));
    });
    process.on('exit', (status) => {
      for (const each of this.waiting.splice(0)) each.reject(new Error(`the stage has ended (${String(status)}):\n${this.said}`));
    });
  }

  static async start(): Promise<Stage> {
    const stage = new Stage(spawn('/usr/bin/python3', [SCRIPT], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } }));
    stage.where = (await stage.answer()) as Where;
    return stage;
  }

  private answer(): Promise<unknown> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private ask(what: string, options: Record<string, unknown> = {}): Promise<unknown> {
    const answer = this.answer();
    this.process.stdin.write(`${JSON.stringify({ do: what, ...options })}\n`);
    return answer;
  }

  /** With the users <name>-admin, <name>-auditor, <name>-operator, <name>-viewer. */
  organization = (name: string) => this.ask('organization', { name }) as Promise<{ id: string; name: string }>;
  /** A server, a storage, a key and a small registered database. */
  shop = (organization: string, name?: string) => this.ask('shop', { organization, name }) as Promise<Shop>;
  /** A new database of the stand-in, which is started at the first call. */
  mssql = (database: string) => this.ask('mssql', { database }) as Promise<Mssql>;
  /** T-SQL in a database of the stand-in. */
  mssqlSql = (database: string, text: string) => this.ask('mssql_sql', { database, text });
  /** Once there is no more room there: see tests/peers/tds/faults.py for when. */
  mssqlFull = (at: string, matching: string) => this.ask('mssql_full', { at, matching });
  /** XLSX of sheets with their rows. */
  workbook = async (sheets: Record<string, (string | number)[][]>) => Buffer.from((await this.ask('workbook', { sheets })) as string, 'base64');
  /** A call as the organization's administrator; the path is below /api/v1. */
  api = <Body = Record<string, unknown>>(organization: string, method: string, path: string, body?: unknown) =>
    this.ask('api', { organization, method, path, body }) as Promise<ApiAnswer<Body>>;
  /** The same, of an answer that is text. */
  text = (organization: string, method: string, path: string) => this.ask('text', { organization, method, path }) as Promise<string>;
  /** In a database of the server. */
  sql = (database: string, text: string) => this.ask('sql', { database, text }) as Promise<string[][]>;
  /** In the catalog. */
  catalog = (text: string) => this.ask('catalog', { text }) as Promise<string[][]>;
  forgetTries = () => this.ask('forget_tries');
  killWorker = () => this.ask('kill_worker');
  startWorker = () => this.ask('start_worker');
  stopWorker = () => this.ask('stop_worker');
  stopApi = () => this.ask('stop_api');
  startApi = () => this.ask('start_api');
  stopNginx = () => this.ask('stop_nginx');
  startNginx = () => this.ask('start_nginx');
  /** The address of a page of somebody else's site behind the gate of a database. */
  site = (database: string) => this.ask('site', { database }) as Promise<string>;
  halt = (database: string, phase: string, percent: number) => this.ask('halt', { database, phase, percent });
  resume = (database: string) => this.ask('resume', { database });
  log = () => this.ask('log') as Promise<string>;

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin.end();
    await ended;
  }

  /** Waits until a job has ended, and gives its state. */
  async jobEnd(organization: string, id: string): Promise<string> {
    for (;;) {
      const { body } = await this.api<{ state: string }>(organization, 'GET', `/jobs/${id}`);
      if (!['queued', 'running'].includes(body.state)) return body.state;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
