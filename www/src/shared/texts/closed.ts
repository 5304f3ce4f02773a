/** Sources that a migration has closed. */
export const closed = {
  moving: 'It is closed while it is moved',
  movingBody: (database: string) =>
    `Its services are halted: nobody but superusers gets into ${database}, and its site shows the maintenance page. If the migration fails or is cancelled, it opens by itself.`,
  title: 'The source is closed, as it was moved',
  body: (database: string) =>
    `A migration has moved ${database}, or may have. Nobody but superusers gets in, and its site shows the maintenance page. Let the applications point at the target, then open the source again; or at once, if they are to go on with it.`,
  since: 'Since',
  look: 'Look at the migration',
  button: 'Open the source again',
  dialog: {
    title: (database: string) => `Open ${database} again?`,
    body: (database: string) => `Everybody who may gets into ${database} again, and the gate of its site opens.`,
    writes: 'Whoever still works with it writes where the target does not see it.',
    confirm: 'Open it',
  },
};
