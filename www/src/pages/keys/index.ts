export { KeysPage as default } from './KeysPage';
