export { ServerPage as default } from './ServerPage';
