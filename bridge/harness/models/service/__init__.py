"""What both adapters share that talk to a server: the client, its keys, event streams, what errors mean."""
