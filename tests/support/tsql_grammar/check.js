/* Reads a JSON list of T-SQL batches and prints, as a JSON list beside it, what an independent grammar says against each:
 * null, or its first complaint. The grammar knows key words in capital letters alone. */
const { antlr4tsSQL, SQLDialect } = require("antlr4ts-sql");

function complaint(batch) {
  const found = [];
  const listener = {
    syntaxError: (_recognizer, _symbol, line, column, message) => found.push(`line ${line}:${column} ${message}`),
  };
  const grammar = new antlr4tsSQL(SQLDialect.TSQL);
  const tokens = grammar.getTokens(batch.toUpperCase(), [listener]);
  grammar.getParseTree(grammar.getParser(tokens, [listener]));
  return found.length > 0 ? found[0] : null;
}

const batches = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(batches.map(complaint)));
