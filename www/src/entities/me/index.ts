export { IfMay } from './IfMay';
export { MeProvider, useMay, useMe } from './MeProvider';
export { mayDo, meKey, useChooseOrganization, useSession, useSetPassword, useSignIn, useSignOut, whoIs } from './queries';
export type { Me, Role } from './queries';
