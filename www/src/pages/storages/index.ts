export { StoragesPage as default } from './StoragesPage';
