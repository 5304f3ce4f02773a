export { IfMay } from './IfMay';
export { mayDo, meKey, useChooseOrganization, useMay, useMe, useSession, useSetPassword, useSignIn, useSignOut } from './queries';
export type { Me, Role } from './queries';
