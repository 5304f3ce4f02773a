/** Bringing back what a restore or a migration has replaced. */
export const undo = {
  title: 'The restore can be undone',
  titles: { undo: 'The undo can be undone', migrate: 'The migration can be undone' } as Record<string, string>,
  body: (database: string) => `What ${database} held before is kept beside it, and comes back within seconds.`,
  until: 'Until',
  replaced: 'Replaced',
  button: 'Undo',
  busy: {
    running: (job: string) => `${job} is running`,
    waiting: (job: string) => `${job} is waiting for its turn`,
    by: 'Asked for by',
    look: 'Look at the job',
    another: 'What you start here waits for its end, and then replaces what it has brought. Look first whether it is what you want, too.',
  },
  dialog: {
    title: (database: string) => `Bring back what ${database} held before?`,
    body: (database: string) =>
      `${database} becomes again what it was right before it was replaced. What was written into it since then is not in it, but is kept as well: this, too, can be undone.`,
    sessions: 'Sessions on the database are ended at the moment of the swap.',
    confirm: 'Undo the restore',
    confirmMigration: 'Undo the migration',
    gate: 'Show the maintenance page of the gate meanwhile',
  },
};
