/** Bringing back what a restore has replaced. */
export const undo = {
  title: 'The restore can be undone',
  titleAgain: 'The undo can be undone',
  body: (database: string) => `What ${database} held before is kept beside it, and comes back within seconds.`,
  until: 'Until',
  replaced: 'Replaced',
  button: 'Undo',
  dialog: {
    title: (database: string) => `Bring back what ${database} held before?`,
    body: (database: string) =>
      `${database} becomes again what it was right before it was replaced. What was written into it since then is not in it, but is kept as well: this, too, can be undone.`,
    sessions: 'Sessions on the database are ended at the moment of the swap.',
    confirm: 'Undo the restore',
    gate: 'Show the maintenance page of the gate meanwhile',
  },
};
