/** The help on moving a database elsewhere. Only the page Help loads it. */
export const moving = {
  title: 'Move a database',
  lead: 'To another server or version of PostgreSQL, or to Microsoft SQL Server. The source is only read, and both sides are compared afterwards.',
  migrate: 'To Migrate',
  topics: [
    {
      title: 'To another PostgreSQL',
      items: [
        ['Choose both ends.', 'The source is a registered database. The target is a new database on a server of the page Servers, or a registered one whose place the moved one takes; what was live there is kept for Undo.'],
        ['Stop what writes to the source.', 'Other sessions are counted and named. By itself the migration refuses then. Or it closes the source for the move: sessions are ended, nobody but superusers gets in, and its site shows the maintenance page; once it is moved it stays so until you open it again, on the page of the migration or of the database. Or it goes on from its snapshot, and what they write later stays behind.'],
        ['Assess it.', 'Everything is looked at that could stand in the way: versions, roles, extensions, room. Nothing is changed by that.'],
        ['Migrate.', 'A backup of the source comes first, unless you name a fresh one. Every row is read back from the target and compared.'],
      ],
      label: 'the command that moves a database to another PostgreSQL',
      code: "holdfast migrate --from 'host=old dbname=shop' --to 'host=new dbname=shop' --mode new --backup-to before.hf --recipient age1…",
    },
    {
      title: 'To SQL Server',
      items: [
        ['Test.', 'Add the SQL Server on Servers, and test it with an empty database there: each step says what was seen and what to do, from the name to the rights. 2017 and newer will do.'],
        ['Assess.', 'Each table, key, view and column is the same there, changed, or left behind with its source. Values that SQL Server does not take are counted, with keys of such rows. The script in T-SQL is to be read or run by hand.'],
        ['Choose.', 'What becomes of a type, a column or a value is up to you: refuse it, make it NULL, take the nearest, or keep it as text. Tables can be left out.'],
        ['Migrate.', 'Rows go in parts. If it is interrupted, the same migration goes on where it stopped.'],
        ['Read the report.', 'It says of each table how many rows are there and whether they are equal, and names those that were refused. It can be downloaded and printed.'],
      ],
      label: 'the commands that test, assess and move to SQL Server',
      code: "holdfast migrate --to-mssql sql.example.com --to-database shop --to-user mover --test\nholdfast assess --from 'host=db dbname=shop' --html shop.html --to-script shop.sql\nholdfast migrate --from 'host=db dbname=shop' --to-mssql sql.example.com --to-database shop --to-user mover --html proof.html",
    },
  ] as readonly { title: string; items: readonly (readonly [string, string])[]; label: string; code: string }[],
  left: {
    title: 'What cannot go to SQL Server, and why',
    lead: 'It is in the report with its source, to be written anew: nothing is dropped in silence.',
    items: [
      ['Functions, procedures, aggregates, triggers, rules', 'they are written in languages of PostgreSQL.'],
      ['Policies and row security, grants', 'roles are others there. Until you write them anew, who may read a table reads all of it.'],
      ['Checks, defaults and views that are not understood as a whole', 'a translation that is nearly right would be worse than none. The note names what it was.'],
      ['Indexes other than btree and hash, keys over 1,700 bytes', 'SQL Server has no such index, or does not take such a key.'],
      ['Exclusion constraints, inheritance, foreign tables, materialized views', 'it has nothing that means the same.'],
      ['Large objects', 'they are in no table: copy them into a column of bytea first.'],
      ['Extensions, operators, casts, collations, text search', 'values of their types go, mostly as text; what they can do does not.'],
      ['Publications, subscriptions, statistics', 'SQL Server has its own.'],
    ] as readonly (readonly [string, string])[],
    map: 'The whole list, which type becomes which, and the file by which you choose otherwise (--map, and “map” in the API) are in',
    document: 'docs/migrate-to-sql-server.md',
  },
  tables: {
    title: 'Tables as files',
    lead: 'For spreadsheets and for people: what should not be moved can be left out, given out as CSV or XLSX, and read in again on either side: from the menu of a database’s page, into a SQL Server from its menu under Servers, or on the command line.',
    items: [
      {
        title: 'Give out',
        body: 'Export tables is for administrators; the files are on the page of its job for a day, and who asked for which tables stands in the audit log. On the command line it is one file for a table, or a folder for several. A file that is not complete is never there.',
        label: 'the commands that export tables',
        code: "holdfast export --from 'host=db dbname=shop' --table public.customer --to customer.xlsx\nholdfast export --from 'host=db dbname=shop' --table 'public.*' --to tables/ --format csv",
      },
      {
        title: 'Look, then read in',
        body: 'Import into a table is for operators. The preview shows how the file is read, which columns match and the first rows, and writes nothing. A line that is wrong is named with its column, and nothing is imported, or such lines are put aside in a file that can be mended and imported.',
        label: 'the commands that import a table',
        code: "holdfast import --from customer.xlsx --to 'host=db dbname=shop' --table public.customer --preview\nholdfast import --from customer.xlsx --to 'host=db dbname=shop' --table public.customer --errors-to wrong.csv\nholdfast import --from customer.xlsx --to-mssql sql.example.com --to-database shop --to-user mover --table dbo.customer",
      },
    ],
  },
};
