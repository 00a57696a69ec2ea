import { inShort } from './short-form.js';

inShort('stopped', 'SIGTERM under load has everything in flight answered');
