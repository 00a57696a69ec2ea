import { inShort } from './short-form.js';

inShort('files', 'a disk or file that cannot be written is told of, loses nothing, and is used again when it can be');
