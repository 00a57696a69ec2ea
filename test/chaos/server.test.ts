import { inShort } from './short-form.js';

inShort('server', 'a log that drops, freezes or dies is gone on with where it was left');
