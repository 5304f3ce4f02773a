export const signIn = {
  title: 'Sign in',
  lead: 'Backups you can prove, restores you can undo.',
  user: 'User name',
  password: 'Password',
  submit: 'Sign in',
  userMissing: 'Give your user name.',
  passwordMissing: 'Give your password.',
  wrong: 'The user name or the password is wrong.',
  wrongTodo: 'Try again. If you have forgotten it, an administrator can set a new one.',
  tooMany: 'Too many tries',
  tooManyTodo: (minutes: number) => `Wait ${String(minutes)} minutes, then try again.`,
  expired: 'Your session has ended. Sign in again and you are back on this page; what was typed and not saved is to be typed again.',
};
