import { inShort } from './short-form.js';

inShort('killed', 'kill -9 in the middle of load loses nothing that was acknowledged, and does nothing twice');
