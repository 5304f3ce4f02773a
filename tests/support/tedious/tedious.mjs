/* Speaks to a server as the npm package tedious does, for tests: commands come as JSON on standard input.

   {"host", "port", "user", "password", "domain", "database", "root", "commands": [{"sql", "parameters"?} |
   {"begin"|"commit"|"rollback": true} | {"bulk", "columns": [[name, type, options]], "rows"} | {"sql", "cancel": ms}]}
   Prints one JSON: [{"rows", "types"} | {"error": {number, message}} | {"count"}], in order. */
import { readFileSync } from 'node:fs';
import { Connection, Request, TYPES } from 'tedious';

const asked = JSON.parse(readFileSync(0, 'utf8'));

const connection = new Connection({
  server: asked.host,
  authentication: {
    type: asked.domain ? 'ntlm' : 'default',
    options: { userName: asked.user, password: asked.password, domain: asked.domain },
  },
  options: {
    port: asked.port,
    database: asked.database,
    encrypt: true,
    trustServerCertificate: false,
    cryptoCredentialsDetails: { ca: asked.root && readFileSync(asked.root) },
    useColumnNames: false,
    rowCollectionOnRequestCompletion: true,
    connectTimeout: 10000,
    requestTimeout: 20000,
    useUTC: true,
  },
});

const shown = (value) =>
  Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : value instanceof Date ? value.toISOString() : value;

const failure = (error) => ({ error: { number: error.number, message: error.message, code: error.code } });

function query({ sql, parameters = [], cancel }) {
  return new Promise((resolve) => {
    const request = new Request(sql, (error, count, rows) =>
      resolve(
        error
          ? failure(error)
          : {
              count,
              rows: rows.map((row) => row.map((cell) => shown(cell.value))),
              types: rows[0]?.map((cell) => cell.metadata.type.name),
            },
      ),
    );
    for (const [name, type, value] of parameters) request.addParameter(name, TYPES[type], value);
    if (parameters.length || cancel === undefined) connection.execSql(request);
    else connection.execSqlBatch(request);
    if (cancel !== undefined) setTimeout(() => connection.cancel(), cancel);
  });
}

function transaction(verb) {
  return new Promise((resolve) =>
    connection[`${verb}Transaction`]((error) => resolve(error ? failure(error) : { done: verb })),
  );
}

const revived = (value, type) =>
  typeof value === 'string' && value.startsWith('0x')
    ? Buffer.from(value.slice(2), 'hex')
    : typeof value === 'string' && /^(Date|Time)/.test(type)
      ? new Date(value)
      : value;

function bulk({ bulk: table, columns, rows }) {
  return new Promise((resolve) => {
    const load = connection.newBulkLoad(table, (error, count) => resolve(error ? failure(error) : { count }));
    for (const [name, type, options] of columns) load.addColumn(name, TYPES[type], options);
    connection.execBulkLoad(
      load,
      rows.map((row) => row.map((value, at) => revived(value, columns[at][1]))),
    );
  });
}

async function run(command) {
  if (command.bulk) return bulk(command);
  for (const verb of ['begin', 'commit', 'rollback']) if (command[verb]) return transaction(verb);
  return query(command);
}

connection.connect(async (error) => {
  if (error) {
    console.log(JSON.stringify([failure(error)]));
    process.exit(0);
  }
  const answers = [];
  for (const command of asked.commands) answers.push(await run(command));
  console.log(JSON.stringify(answers));
  connection.close();
});
