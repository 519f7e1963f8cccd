import Agent
import CopyTool
import FilesystemTool
import Glibc

// One program under several names: the initramfs and the sandbox hold it once.
let arguments = CommandLine.arguments

switch arguments.first?.split(separator: "/").last {
case "modal-sandbox-fs-tools": exit(FilesystemTool.main(arguments: arguments))
case "sandlot-copy": exit(CopyTool.main(arguments: arguments))
case "modprobe": exit(Modprobe.main(arguments: arguments))
default:
  guard getpid() == 1 else {
    Log(descriptor: STDERR_FILENO).error("this program runs as process 1 of a sandbox")
    exit(2)
  }
  exit(Boot.main())
}
