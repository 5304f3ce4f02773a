export { BackupPage as default } from './BackupPage';
