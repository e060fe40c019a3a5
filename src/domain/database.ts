/** The SQLite database of a state directory: opening, locking, versions, and errors that say which file they are about. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { systemErrorText } from "../library/systemError.ts";
import { LogFile } from "./logFile.ts";
import { ToolstackError } from "./toolstack.ts";
import { messageOf } from "./undoable.ts";

/** "cosm", in the database's header (SQLite file format §1.3.8): tells our databases from others. */
const APPLICATION_ID = 0x636f736d;
const VERSION = 1;
/** Result codes of sqlite3.h. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const TABLES = `
  CREATE TABLE domain (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- numbers are not used again
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    restarts INTEGER NOT NULL,
    created TEXT NOT NULL,
    worker INTEGER NOT NULL,
    chain TEXT
  ) STRICT;
  CREATE TABLE network (name TEXT PRIMARY KEY, description TEXT NOT NULL, worker INTEGER NOT NULL, chain TEXT) STRICT;
  CREATE TABLE chain (name TEXT PRIMARY KEY, description TEXT NOT NULL, phase TEXT NOT NULL) STRICT;
  CREATE TABLE checkpoint (
    domain INTEGER PRIMARY KEY REFERENCES domain ON DELETE CASCADE,
    time TEXT NOT NULL,
    file BLOB NOT NULL
  ) STRICT;`;

export type Row = Readonly<Record<string, SQLOutputValue>>;

export class Database {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Undefined for a database in memory. */
  #log: LogFile | undefined;

  /**
   * @param directory  undefined = in memory
   * @throws ToolstackError UNAVAILABLE
   */
  constructor(directory: string | undefined) {
    this.#file = directory === undefined ? ":memory:" : path.join(directory, "cosmos.db");
    if (directory !== undefined) makeDirectory(directory);
    this.#database = this.#guarded(() => new DatabaseSync(this.#file));
    try {
      this.#guarded(() => this.#prepareFile());
      if (directory !== undefined) this.#log = this.#guarded(() => new LogFile(`${this.#file}-wal`));
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#guarded(() => this.#statement(sql).run(...values));
  }

  /** @param read  makes something of a row; what it throws is told as a fault of the file */
  all<Result>(sql: string, read: (row: Row) => Result, ...values: SQLInputValue[]): Result[] {
    return this.#guarded(() =>
      this.#statement(sql)
        .all(...values)
        .map(read),
    );
  }

  /**
   * Its changes are with the kernel when this returns, and on the disk soon after.
   * @throws what `work` throws, after everything it did is undone
   */
  transaction(work: () => void): void {
    this.#guarded(() => {
      this.#log?.requireHealthy();
      this.#database.exec("BEGIN IMMEDIATE");
    });
    try {
      work();
      this.#guarded(() => this.#database.exec("COMMIT"));
    } catch (error) {
      // Some failures (a full disk) have rolled back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#log?.flush();
  }

  async close(): Promise<void> {
    await this.#log?.close();
    this.#guarded(() => this.#database.close());
  }

  #prepareFile(): void {
    // SQLite's own exclusive mode is the lock against a second toolstack: the kernel releases it when the process ends, however it ends.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    this.#database.exec("BEGIN EXCLUSIVE; COMMIT");
    const version = this.#pragma("user_version");
    if (version === 0 && this.all("SELECT name FROM sqlite_schema", () => 0).length === 0) {
      this.#makeTables();
      return;
    }
    if (this.#pragma("application_id") !== APPLICATION_ID)
      throw new Error("it is a database of something else: choose another state directory");
    if (version !== VERSION)
      throw new Error(
        `it was written by another release (version ${version}, here it is ${VERSION}): use that release`,
      );
  }

  #makeTables(): void {
    this.transaction(() => {
      this.#database.exec(TABLES);
      this.#database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}`);
    });
  }

  #pragma(name: string): number {
    const [value] = this.all(`PRAGMA ${name}`, (row) => Number(row[name]));
    return value ?? 0;
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (error instanceof ToolstackError) throw error;
      throw new ToolstackError("UNAVAILABLE", `${this.#file}: ${reasonOf(error)}`);
    }
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  if (code === SQLITE_BUSY)
    return "another cosmos daemon uses this state directory: stop it, or choose another with COSMOS_STATE";
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB)
    return `the file is damaged (${messageOf(error)}): restore it from a backup, or move it away and begin anew`;
  return messageOf(error);
}

function makeDirectory(directory: string): void {
  try {
    // What guests know is for the owner only.
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const advice = "run as root, or choose another with COSMOS_STATE";
    throw new ToolstackError("UNAVAILABLE", `state directory ${directory}: ${systemErrorText(error)}: ${advice}`);
  }
}
