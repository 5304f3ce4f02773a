/** Names of choices that the engine's messages speak of, too: see shared/lib/inPage. */
export const options = {
  new: 'A new database of PostgreSQL',
  swap: 'In place of a database of PostgreSQL',
  goOn: 'Go on: what they write later stays behind',
  halt: 'Close the source: it stays so once it is moved',
  types: 'Types',
  values: 'Values that SQL Server does not take',
  refused: 'Rows that SQL Server refuses all the same',
  leaveOut: 'Leave out these tables',
  nowhere: 'Nowhere',
  master: 'Password of the master key',
};
