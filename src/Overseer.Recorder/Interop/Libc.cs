// Inside the namespaces of this assembly the plain name would mean the namespace.
global using Libc = Overseer.Recorder.Interop.Interop;
