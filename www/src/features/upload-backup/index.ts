export { UploadBox } from './UploadBox';
