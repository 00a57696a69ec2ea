import { inShort } from './short-form.js';

inShort('leader', 'another leader, and a log that lets nobody in, have commands done once or not at all');
