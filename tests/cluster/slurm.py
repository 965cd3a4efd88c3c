"""Runs sweeps on a real Slurm of one node, started here as root without systemd.

usage: slurm.py PROGRAM

A sweep is submitted and ends; tasks are told that their time is over, cancelled, and their node is killed, with and
without RequeueExit in the site's configuration. The tables must be those of an undisturbed sweep. Ends with 1 if
anything differs, with 77 if Slurm is not installed.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = """
[pipeline]
name = small
checkpoint = 200 steps
[dataset]
plugin = digits
train = 600
test = 200
[network]
layers = 784, 200, 100, 10
[training]
steps = {steps}
batch_size = 20
[model:plain]
[model:l2]
regularisers = l2
l2.lambda = 1e-3
[metric:accuracy]
every = 100
"""

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=20
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPort=16817
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
ReturnToService=2
{requeue}
SchedulerParameters=sched_interval=2,batch_sched_delay=0,sched_min_interval=0,requeue_delay=1
KillWait=5
MinJobAge=300
JobRequeue=1
SlurmctldTimeout=30
SlurmdTimeout=30
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port=16818 CPUs=4 RealMemory=4000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""

wrong = 0


def expect(what, holds):
    global wrong
    print(("ok      " if holds else "WRONG   ") + what, flush=True)
    wrong += not holds


def wait_until(what, holds, seconds=180):
    end = time.time() + seconds
    while time.time() < end:
        if holds():
            return True
        time.sleep(0.3)
    expect(what, False)
    return False


class Cluster:
    """munge, a controller and a node, each a child of this process."""

    def __init__(self, folder, requeue_exit):
        self.folder = folder
        for name in ("state", "spool"):
            (folder / name).mkdir(parents=True)
        host = socket.gethostname().split(".")[0]
        requeue = "RequeueExit=75" if requeue_exit else ""
        (folder / "slurm.conf").write_text(CONFIGURATION.format(folder=folder, host=host, requeue=requeue))
        (folder / "munge.key").write_bytes(os.urandom(1024))
        (folder / "munge.key").chmod(0o400)
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
        self.running = {}
        self.start("munge", ["munged", "--foreground", "--force", f"--key-file={folder}/munge.key",
                             f"--socket={folder}/munge.socket", f"--pid-file={folder}/munge.pid",
                             f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed"])
        wait_until("munge starts", (folder / "munge.socket").exists)
        self.start("controller", ["slurmctld", "-D", "-c", "-f", f"{folder}/slurm.conf"])
        self.start_node()

    def start(self, name, command):
        log = open(self.folder / f"{name}.out", "ab")
        self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def start_node(self):
        self.start("node", ["slurmd", "-D", "-N", "n1", "-f", f"{self.folder}/slurm.conf"])
        states = ("idle", "mixed", "allocated")
        wait_until("the node takes jobs", lambda: self.say("sinfo", "-h", "-o", "%T").strip() in states, 90)

    def kill_node(self):
        """The node and everything that runs on it, as a power failure does."""
        self.running["node"].kill()
        subprocess.run(["pkill", "-KILL", "-f", "slurmstepd"], check=False)
        subprocess.run(["pkill", "-KILL", "-f", str(self.folder.parent / "sweeps")], check=False)
        self.running["node"].wait()

    @staticmethod
    def say(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout

    def queue(self):
        return [line.split() for line in self.say("squeue", "-h", "-r", "-o", "%i %T").splitlines()]

    def is_empty(self):
        return not self.queue()

    def stop(self):
        subprocess.run(["scancel", "-u", "root"], check=False)
        for name in ("node", "controller", "munge"):
            self.running[name].send_signal(signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Sweep:
    def __init__(self, program, scratch, name, steps):
        self.program, self.folder = program, scratch / "sweeps" / name
        self.study = scratch / f"{name}.ini"
        self.study.write_text(STUDY.format(steps=steps))

    def run(self, *options):
        return subprocess.run([self.program, "sweep", str(self.study), "pipeline.seed={1..4}", "--out", str(self.folder),
                               "--lean", "--progress", "none", *options], capture_output=True, text=True)

    def states(self):
        lines = (self.folder / "jobs.csv").read_text().splitlines()[1:]
        return [line.split(",")[-1] for line in lines]

    def has_checkpoint(self):
        return len(list(self.folder.glob("runs/*/checkpoints/*2.checkpoint"))) > 0

    def expect_whole(self, what, undisturbed):
        gathered = self.run()
        if gathered.returncode:
            print(gathered.stdout + gathered.stderr)
        expect(f"{what}: the sweep is whole", gathered.returncode == 0 and self.states() == ["done"] * 4)
        for table in ("jobs.csv", "table.csv", "comparison.csv"):
            same = (self.folder / table).read_bytes() == (undisturbed.folder / table).read_bytes()
            expect(f"{what}: {table} is that of an undisturbed sweep", same)


def main():
    program = sys.argv[1]
    if not all(shutil.which(tool) for tool in ("munged", "slurmctld", "slurmd", "sbatch")) or os.geteuid() != 0:
        print("skipped: this needs root, slurmctld, slurmd, slurm-client and munge")
        return 77
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        steps = 6000
        undisturbed = Sweep(program, scratch, "undisturbed", steps)
        expect("the undisturbed sweep", undisturbed.run().returncode == 0)
        for requeue_exit in (True, False):
            how = "with RequeueExit" if requeue_exit else "without RequeueExit"
            cluster = Cluster(scratch / how.replace(" ", "_"), requeue_exit)
            try:
                plain = Sweep(program, scratch, "plain" + str(requeue_exit), steps)
                said = plain.run("--slurm")
                expect(f"{how}: submitted", said.returncode == 0 and "submitted job" in said.stdout)
                wait_until(f"{how}: the array ends", cluster.is_empty)
                plain.expect_whole(how, undisturbed)

                over = Sweep(program, scratch, "over" + str(requeue_exit), steps)
                job = over.run("--slurm").stdout.split("submitted job ")[1].split(":")[0]
                if wait_until(f"{how}: a checkpoint is written", over.has_checkpoint):
                    subprocess.run(["scancel", "--batch", "--signal=USR1", job], check=True)
                    wait_until(f"{how}, time is over: the task is requeued",
                               lambda: "Restarts=1" in cluster.say("scontrol", "show", "job", job), 60)
                    wait_until(f"{how}, time is over: the array ends", cluster.is_empty)
                    over.expect_whole(f"{how}, time is over", undisturbed)

                cancelled = Sweep(program, scratch, "cancelled" + str(requeue_exit), steps)
                job = cancelled.run("--slurm").stdout.split("submitted job ")[1].split(":")[0]
                if wait_until(f"{how}: a checkpoint is written", cancelled.has_checkpoint):
                    subprocess.run(["scancel", job], check=True)
                    wait_until(f"{how}, cancelled: the queue empties", cluster.is_empty, 60)
                    time.sleep(5)
                    expect(f"{how}, cancelled: it stays so", cluster.is_empty())
                    cancelled.expect_whole(f"{how}, cancelled", undisturbed)

                lost = Sweep(program, scratch, "lost" + str(requeue_exit), steps)
                lost.run("--slurm")
                if wait_until(f"{how}: a checkpoint is written", lost.has_checkpoint):
                    cluster.kill_node()
                    cluster.start_node()
                    wait_until(f"{how}, node killed: the array ends", cluster.is_empty)
                    lost.expect_whole(f"{how}, node killed", undisturbed)
            finally:
                cluster.stop()
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
