import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Node.js releases that the suite runs on, by major version. Each is a package of npm for one platform. */
export const RELEASES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' } as const;

/** A major version of Node.js that is pinned here. */
export type Major = keyof typeof RELEASES;

/** A Node.js in a folder of its own. */
export interface InstalledNode {
  readonly major: Major;
  readonly version: string;
  readonly path: string;
  /** To be put first on PATH, so that npm and scripts run on it too. */
  readonly binFolder: string;
}

/** The environment variables that say where Nodes are kept. */
export interface Places {
  readonly TEST_NODES_FOLDER?: string | undefined;
  readonly XDG_CACHE_HOME?: string | undefined;
}

const ARCHITECTURES = ['x64', 'arm64'];

/** The package that has Node.js for a platform. @throws where there is none for each pinned release */
export function packageFor(platform: string, architecture: string): string {
  if (platform === 'linux' && ARCHITECTURES.includes(architecture)) return `node-linux-${architecture}`;
  throw new Error(
    `There is no pinned Node.js for ${platform}-${architecture}. Run this on linux-x64 or linux-arm64, such as in a container.`,
  );
}

/** The folder that Nodes are kept in, outside the clone. */
export function nodesFolder({ TEST_NODES_FOLDER, XDG_CACHE_HOME }: Places): string {
  if (TEST_NODES_FOLDER) return TEST_NODES_FOLDER;
  // An empty variable counts as none, as the XDG specification has it.
  const cache = XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? join(homedir(), '.cache') : XDG_CACHE_HOME;
  return join(cache, 'virtual-mfa', 'nodes');
}

function npmInstall(folder: string, specifier: string): void {
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', '--prefix', folder, ...options, specifier], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim() ?? String(error);
    throw new Error(
      `npm could not install ${specifier}. Check the network and npm's registry setting, then try again.\n${said}`,
      { cause: error },
    );
  }
}

/** What a Node.js says that it is. @throws where it does not run */
function versionOf(path: string): string {
  return execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
}

/** Installs in a folder beside and moves that into its place: a run that is cut short leaves nothing half done there. */
function install(folder: string, specifier: string): void {
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const unfinished = mkdtempSync(join(parent, 'unfinished-'));
  try {
    npmInstall(unfinished, specifier);
    // Another run may have been faster: its Node is as good.
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The pinned Node.js of a major version, installed when it is first needed. @throws where it cannot be installed or run */
export function installedNode(major: Major, places: Places, tell: (text: string) => void): InstalledNode {
  const version = RELEASES[major];
  const name = packageFor(process.platform, process.arch);
  const folder = join(nodesFolder(places), version);
  const binFolder = join(folder, 'node_modules', name, 'bin');
  const path = join(binFolder, 'node');
  if (!existsSync(path)) {
    tell(`Installing Node.js ${version} in ${folder}`);
    install(folder, `${name}@${version}`);
  }
  const found = versionOf(path);
  if (found !== version)
    throw new Error(`${path} is Node.js ${found}, not ${version}. Remove ${folder}, then try again.`);
  return { major, version, path, binFolder };
}
