export { LogsPage as default } from './LogsPage';
