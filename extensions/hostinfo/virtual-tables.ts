import {
  dockerContainers as readContainers,
  dockerInfo as readDocker,
  vboxInfo as readMachines,
} from 'systeminformation';
import { bigint, integer, text } from '../../protocol/table.ts';
import { flag, whole, words } from './cells.ts';
import { type HostTable, hostTable } from './host-table.ts';

export const dockerInfo: HostTable = hostTable({
  name: 'si_docker_info',
  description: 'The Docker daemon; no row where none answers.',
  columns: {
    id: text(),
    name: text(),
    server_version: text(),
    driver: text(),
    operating_system: text(),
    kernel_version: text(),
    containers: integer(),
    containers_running: integer(),
    containers_paused: integer(),
    containers_stopped: integer(),
    images: integer(),
    cpus: integer(),
    memory_bytes: bigint(),
  },
  read: () => readDocker(),
  rows: (info) =>
    info.id
      ? [
          {
            id: info.id,
            name: words(info.name),
            server_version: words(info.serverVersion),
            driver: words(info.driver),
            operating_system: words(info.operatingSystem),
            kernel_version: words(info.kernelVersion),
            containers: whole(info.containers),
            containers_running: whole(info.containersRunning),
            containers_paused: whole(info.containersPaused),
            containers_stopped: whole(info.containersStopped),
            images: whole(info.images),
            cpus: whole(info.ncpu),
            memory_bytes: whole(info.memTotal),
          },
        ]
      : [],
});

export const dockerContainers: HostTable = hostTable({
  name: 'si_docker_containers',
  description: 'Containers of Docker, those that have ended too.',
  columns: {
    id: text(),
    name: text(),
    image: text(),
    image_id: text(),
    command: text(),
    state: text(),
    restart_count: integer(),
    created: bigint(),
    started: bigint(),
    finished: bigint(),
  },
  read: () => readContainers(true),
  rows: (containers) =>
    containers.map((each) => ({
      id: each.id,
      name: words(each.name),
      image: words(each.image),
      image_id: words(each.imageID),
      command: words(each.command),
      state: words(each.state),
      restart_count: whole(each.restartCount),
      created: whole(each.created),
      started: whole(each.started),
      finished: whole(each.finished),
    })),
});

export const virtualMachines: HostTable = hostTable({
  name: 'si_virtualbox_machines',
  description: "Machines of VirtualBox that the extension's user has.",
  columns: {
    id: text(),
    name: text(),
    running: integer(),
    guest_os: text(),
    memory_mb: integer(),
    cpus: integer(),
    config_file: text(),
  },
  read: () => readMachines(),
  rows: (machines) =>
    machines.map((each) => ({
      id: words(each.id),
      name: words(each.name),
      running: flag(each.running),
      guest_os: words(each.guestOS),
      memory_mb: whole(each.memory),
      cpus: whole(each.cpus),
      config_file: words(each.configFile),
    })),
});
